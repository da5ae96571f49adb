-- One service's role and database, closed to every other role. The password comes from a file, never from an argument.
\set password `cat "/run/secrets/$SERVICE-database-password"`
select format('create role %I login', :'service')
where not exists (select from pg_roles where rolname = :'service') \gexec
alter role :"service" password :'password';
select format('create database %I owner %I', :'service', :'service')
where not exists (select from pg_database where datname = :'service') \gexec
revoke all on database :"service", postgres, template1 from public;
