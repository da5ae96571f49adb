"""One broker and one database server for all of this folder."""

from tests.servers import database, kafka, kafka_admin, migrated, owner_password, postgres, topics

__all__ = ["database", "kafka", "kafka_admin", "migrated", "owner_password", "postgres", "topics"]
