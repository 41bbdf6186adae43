import { diff, type SerializableChange } from '@graphql-inspector/core';
import {
  DirectiveLocation,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLSchema,
} from 'graphql';
import { fieldOf, typeOf, type Change, type Coordinate } from './change.ts';
import { toInputChange, type Required } from './input-changes.ts';
import { toOutputChange } from './output-changes.ts';
import { toDirectiveChange } from './directive-changes.ts';

/** Every difference between two API schemas that a client can see. Descriptions are none. */
export async function apiChanges(before: GraphQLSchema, after: GraphQLSchema): Promise<readonly Change[]> {
  const differences = (await diff(before, after)) as readonly SerializableChange[];
  const required = requiredBy(after);
  const sent = executable(before, after);
  const isKnown = (type: string): boolean => before.getType(type) !== undefined;
  const changes = differences.flatMap(
    (difference) => toOutputChange(difference, isKnown) ?? toInputChange(difference, required) ?? toDirectiveChange(difference, sent) ?? [],
  );
  return changes.filter(isNoPartOf(before));
}

/** What comes with a new type or field is not told besides; that it is one more type of an interface is. */
function isNoPartOf(before: GraphQLSchema): (change: Change) => boolean {
  const fieldsOf = (coordinate: Coordinate) => {
    const type = before.getType(typeOf(coordinate));
    return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? type.getFields() : null;
  };
  return ({ kind, coordinate }) => {
    if (coordinate.startsWith('@') || kind === 'TYPE_ADDED' || kind === 'OBJECT_TYPE_INTERFACE_ADDED') return true;
    if (before.getType(typeOf(coordinate)) === undefined) return false;
    const [, field] = fieldOf(coordinate).split('.');
    const isAddition = kind === 'FIELD_ADDED' || kind === 'INPUT_FIELD_ADDED' || field === undefined;
    const fields = fieldsOf(coordinate);
    return isAddition || fields === null || field in fields;
  };
}

function requiredBy(schema: GraphQLSchema): Required {
  return {
    argument: (typeName, fieldName, argumentName) => {
      const type = schema.getType(typeName);
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
      const argument = field?.args.find(({ name }) => name === argumentName);
      return argument !== undefined && isRequiredArgument(argument);
    },
    inputField: (typeName, fieldName) => {
      const type = schema.getType(typeName);
      const field = isInputObjectType(type) ? type.getFields()[fieldName] : undefined;
      return field !== undefined && isRequiredInputField(field);
    },
  };
}

const EXECUTABLE: ReadonlySet<string> = new Set([
  DirectiveLocation.QUERY,
  DirectiveLocation.MUTATION,
  DirectiveLocation.SUBSCRIPTION,
  DirectiveLocation.FIELD,
  DirectiveLocation.FRAGMENT_DEFINITION,
  DirectiveLocation.FRAGMENT_SPREAD,
  DirectiveLocation.INLINE_FRAGMENT,
  DirectiveLocation.VARIABLE_DEFINITION,
]);

// Clients send some directives; the others are notes of a schema for itself.
function executable(...schemas: readonly GraphQLSchema[]): ReadonlySet<string> {
  const directives = schemas.flatMap((schema) => schema.getDirectives());
  return new Set(directives.filter(({ locations }) => locations.some((location) => EXECUTABLE.has(location))).map(({ name }) => name));
}
