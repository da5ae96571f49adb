"""What `offers` knows and decides, without a database or a broker: structures, projets d'établissement, places."""
