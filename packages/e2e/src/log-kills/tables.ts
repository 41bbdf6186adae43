import type { DatabaseUrls } from '@tally/embedded';
import { newId, newShardedId, shardOfBuyer } from '@tally/kernel';
import { openSql } from '@tally/testkit';
import { keysPerTopic, memberSchema, triedTopics, writerSchema, type TriedTopic } from './workload.ts';

/** The writer's own tables: the rows that give events their numbers, and what it took back. */
const writerTables = `
CREATE TABLE tried_stream (topic text, key text, sequence bigint NOT NULL DEFAULT 0, PRIMARY KEY (topic, key)) WITH (fillfactor = 50);
CREATE TABLE tried_rollback (event_id uuid PRIMARY KEY)`;

/** What events do at the members: a counter and the last number per stream, and a line for each time that an effect was made. Nothing here refuses a second one. */
const memberTables = `
CREATE TABLE tried_effect (topic text, key text, applied bigint NOT NULL DEFAULT 0, last_sequence bigint NOT NULL DEFAULT 0, again bigint NOT NULL DEFAULT 0, PRIMARY KEY (topic, key)) WITH (fillfactor = 50);
CREATE TABLE tried_application (topic text, key text, nth bigint, sequence bigint, event_id uuid)`;

/** Every change of a reader's position, as PostgreSQL itself saw it. */
const positionTables = `
CREATE TABLE tried_position (id bigint GENERATED ALWAYS AS IDENTITY, group_id text, topic text, partition int, before bigint, after bigint);
CREATE FUNCTION tried_position_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO tried_position (group_id, topic, partition, before, after)
  VALUES (coalesce(NEW.group_id, OLD.group_id), coalesce(NEW.topic, OLD.topic), coalesce(NEW.partition, OLD.partition), OLD.position, NEW.position);
  RETURN NULL;
END $$;
CREATE TRIGGER tried_position_moved AFTER UPDATE ON reader FOR EACH ROW WHEN (OLD.position <> NEW.position) EXECUTE FUNCTION tried_position_changed();
CREATE TRIGGER tried_position_forgotten AFTER DELETE ON reader FOR EACH ROW EXECUTE FUNCTION tried_position_changed()`;

/** Makes the tables of a trial, and its streams. The owners of the schemas do it, so that rights are those of any table there. */
export async function makeTables(urls: DatabaseUrls): Promise<void> {
  const streams = triedTopics.flatMap((topic) => Array.from({ length: keysPerTopic }, () => ({ topic, key: freshStream(topic) })));
  const fill = (table: string): string =>
    `INSERT INTO ${table} (topic, key) SELECT topic, key FROM jsonb_to_recordset($1::jsonb) AS s(topic text, key text)`;
  await using writer = await openSql(urls[writerSchema].owner);
  await writer.execute(writerTables);
  await writer.execute(fill('tried_stream'), [JSON.stringify(streams)]);
  await using members = await openSql(urls[memberSchema].owner);
  await members.execute(memberTables);
  await members.execute(fill('tried_effect'), [JSON.stringify(streams)]);
  await using log = await openSql(urls.event_log.owner);
  await log.execute(positionTables);
}

const freshStream = (topic: TriedTopic): string =>
  topic === 'users.session.v1' ? newId('usr') : newShardedId('ord', shardOfBuyer(newId('usr')));
