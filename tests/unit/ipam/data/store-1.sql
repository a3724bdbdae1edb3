-- A store as version 1 of the schema writes it: two networks, two containers, two ports. Made with sqlite3's .dump.
BEGIN TRANSACTION;
CREATE TABLE address (
        topology TEXT NOT NULL, network TEXT NOT NULL, container TEXT NOT NULL, interface TEXT NOT NULL,
        family INTEGER NOT NULL, address TEXT NOT NULL, grant_id TEXT NOT NULL,
        key BLOB NOT NULL UNIQUE, before BLOB NOT NULL, after BLOB NOT NULL,
        PRIMARY KEY (topology, network, container, interface, family)) WITHOUT ROWID;
INSERT INTO "address" VALUES('default','back','','gateway',6,'fd00:2::1','c1741e66706bf486d61315bd1e3f6a53',X'06FD000002000000000000000000000001',X'06FD000002000000000000000000000000',X'06FD000002000000000000000000000002');
INSERT INTO "address" VALUES('default','back','db','eth1',6,'fd00:2::2','c1741e66706bf486d61315bd1e3f6a53',X'06FD000002000000000000000000000002',X'06FD000002000000000000000000000001',X'06FD000002000000000000000000000003');
INSERT INTO "address" VALUES('default','front','','gateway',4,'10.1.0.1','c1741e66706bf486d61315bd1e3f6a53',X'040A010001',X'040A010000',X'040A010002');
INSERT INTO "address" VALUES('default','front','db','eth0',4,'10.1.0.2','c1741e66706bf486d61315bd1e3f6a53',X'040A010002',X'040A010001',X'040A010003');
INSERT INTO "address" VALUES('default','front','web','eth0',4,'10.1.0.9','c1741e66706bf486d61315bd1e3f6a53',X'040A010009',X'040A010008',X'040A01000A');
CREATE TABLE port (
        topology TEXT NOT NULL, container TEXT NOT NULL, target INTEGER NOT NULL, protocol TEXT NOT NULL,
        host_ip TEXT NOT NULL, published INTEGER NOT NULL, grant_id TEXT NOT NULL,
        PRIMARY KEY (protocol, published, host_ip)) WITHOUT ROWID;
INSERT INTO "port" VALUES('default','web',80,'tcp','',8080,'c1741e66706bf486d61315bd1e3f6a53');
INSERT INTO "port" VALUES('default','web',53,'udp','127.0.0.1',32768,'c1741e66706bf486d61315bd1e3f6a53');
CREATE TABLE run (first BLOB NOT NULL PRIMARY KEY, last BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO "run" VALUES(X'040A010001',X'040A010002');
INSERT INTO "run" VALUES(X'040A010009',X'040A010009');
INSERT INTO "run" VALUES(X'06FD000002000000000000000000000001',X'06FD000002000000000000000000000002');
CREATE TABLE subnet (
        topology TEXT NOT NULL, network TEXT NOT NULL, family INTEGER NOT NULL,
        subnet TEXT NOT NULL, external INTEGER NOT NULL, grant_id TEXT NOT NULL,
        first BLOB NOT NULL, last BLOB NOT NULL,
        PRIMARY KEY (topology, network, family)) WITHOUT ROWID;
INSERT INTO "subnet" VALUES('default','back',6,'fd00:2::/64',0,'c1741e66706bf486d61315bd1e3f6a53',X'06FD000002000000000000000000000000',X'06FD00000200000000FFFFFFFFFFFFFFFF');
INSERT INTO "subnet" VALUES('default','front',4,'10.1.0.0/24',0,'c1741e66706bf486d61315bd1e3f6a53',X'040A010000',X'040A0100FF');
CREATE INDEX subnet_range ON subnet (first, last);
CREATE TRIGGER subnet_no_overlap BEFORE INSERT ON subnet
        WHEN EXISTS (SELECT 1 FROM subnet WHERE first = NEW.first AND last = NEW.last
                     AND NOT (external OR NEW.external))
          OR EXISTS (SELECT 1 FROM (SELECT first, last FROM subnet WHERE first <= NEW.last ORDER BY first DESC LIMIT 1)
                     WHERE last >= NEW.first AND NOT (first = NEW.first AND last = NEW.last))
        BEGIN SELECT RAISE(ABORT, 'subnets overlap'); END;
CREATE INDEX run_last ON run (last);
CREATE TRIGGER address_leased AFTER INSERT ON address BEGIN
        INSERT OR REPLACE INTO run (first, last) VALUES (
            coalesce((SELECT first FROM run WHERE last = NEW.before), NEW.key),
            coalesce((SELECT last FROM run WHERE first = NEW.after), NEW.key));
        DELETE FROM run WHERE first = NEW.after;
        END;
CREATE TRIGGER address_released AFTER DELETE ON address BEGIN
        INSERT INTO run (first, last) SELECT OLD.after, last FROM run
            WHERE first = (SELECT max(first) FROM run WHERE first <= OLD.key) AND last > OLD.key;
        DELETE FROM run WHERE first = OLD.key;
        UPDATE run SET last = OLD.before
            WHERE first = (SELECT max(first) FROM run WHERE first < OLD.key) AND last >= OLD.key;
        END;
CREATE TRIGGER address_fixed BEFORE UPDATE ON address BEGIN SELECT RAISE(ABORT, 'leases never change'); END;
CREATE INDEX port_owner ON port (topology, container, target, protocol, host_ip);
CREATE UNIQUE INDEX port_every_ipv4 ON port (protocol, published) WHERE host_ip IN ('', '0.0.0.0');
CREATE UNIQUE INDEX port_every_ipv6 ON port (protocol, published) WHERE host_ip IN ('', '::');
COMMIT;
PRAGMA application_id = 1717658226;
PRAGMA user_version = 1;
