/** Where the event log is. */
export type EventLogAddress = PostgresAddress | KafkaAddress;

/** The log in a PostgreSQL database, as role `event_log`. */
export interface PostgresAddress {
  readonly kind: 'postgres';
  readonly databaseUrl: string;
}

/** The log on a Kafka cluster. */
export interface KafkaAddress {
  readonly kind: 'kafka';
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** Put before the name of every topic and group, so that several systems share a cluster. */
  readonly prefix: string;
  /** `null`: in the clear. `ca`: text of the certificates that are trusted in place of the system's. */
  readonly tls: { readonly ca: string | null } | null;
  readonly credentials: KafkaCredentials | null;
}

/** How a client says who it is (SASL). */
export interface KafkaCredentials {
  readonly mechanism: KafkaMechanism;
  readonly username: string;
  readonly password: string;
}

/** The mechanisms of SASL that are spoken. */
export const kafkaMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export type KafkaMechanism = (typeof kafkaMechanisms)[number];
