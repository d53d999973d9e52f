// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Where a run takes place: tenant, application, connection, organization, domain, and what every event carries.

/** Names and values of an administrator's choosing. */
export interface TextMetadata {
  /** One value; `undefined` at run time when there is no such key. */
  [key: string]: string;
}

/** What every event carries, whatever its trigger. */
export interface EveryEvent {
  /** Settings of a ready-made integration; an empty object for Actions of your own. */
  configuration: { [setting: string]: never };
  /** This Action's own secrets by name; at most 30. Their values are masked in logs and executions. */
  secrets: TextMetadata;
  /** The tenant this happens in. */
  tenant: Tenant;
  /** The custom domain by which the request came; absent when it came by the tenant's own. */
  custom_domain?: CustomDomain;
}

/** The tenant. */
export interface Tenant {
  /** The tenant's name, such as `dev`. */
  id: string;
}

/** The tenant as messages show it. */
export interface MessageTenant extends Tenant {
  /** A name for people. */
  friendly_name?: string;
  /** Address of the tenant's home page. */
  home_url?: string;
  /** Address of the tenant's logo. */
  logo_url?: string;
  /** Where people write for help. */
  support_email?: string;
  /** Where people read for help. */
  support_url?: string;
}

/** The application that wants tokens. */
export interface Client {
  /** Its public identifier. */
  client_id: string;
  /** Its name in the list of applications. */
  name: string;
  /** `client_metadata` of the application; an empty object when there is none. */
  metadata: TextMetadata;
}

/** The connection that knows the person. */
export interface Connection {
  /** Identifier, `con_…`. */
  id: string;
  /** Its name, such as `Username-Password-Authentication`. */
  name: string;
  /** What it is: `auth0` for a database, `sms` and `email` without password, otherwise the upstream's kind. */
  strategy: string;
  /** Metadata of the connection; an empty object when there is none. */
  metadata: TextMetadata;
}

/** The organization somebody signs in to. */
export interface Organization {
  /** Identifier, `org_…`. */
  id: string;
  /** Its name in addresses and tokens. */
  name: string;
  /** Its name for people. */
  display_name: string;
  /** Metadata of the organization; an empty object when there is none. */
  metadata: TextMetadata;
}

/** A domain of the tenant's own. */
export interface CustomDomain {
  /** The domain's name. */
  domain: string;
  /** Metadata of the domain; an empty object when there is none. */
  domain_metadata: TextMetadata;
}

/** The API for which an access token is asked. */
export interface ResourceServer {
  /** Its audience, such as `https://api.example.com`. */
  identifier: string;
}

/** A software agent that acts for somebody. */
export interface Agent {
  /** Identifier, `agt_…`. */
  agent_id: string;
  /** Its name. */
  name: string;
  /** Metadata of the agent; an empty object when there is none. */
  agent_metadata: { [key: string]: unknown };
}

/** Marks by which logs of this flow are found again. */
export interface Correlation {
  /** What the application sent as `correlation_id` when it began; absent when it sent none. */
  correlation_id?: string;
}
