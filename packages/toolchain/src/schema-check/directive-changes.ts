import type { SerializableChange } from '@graphql-inspector/core';
import { argumentOf, type Change } from './change.ts';

/** Changes of directives that clients send, and of what built-in ones say about a schema. `null`: it is none of those. */
export function toDirectiveChange(difference: SerializableChange, sent: ReadonlySet<string>): Change | null {
  const { type: kind, meta } = difference;
  switch (kind) {
    case 'DIRECTIVE_REMOVED':
      return sent.has(meta.removedDirectiveName) ? narrowed(kind, meta.removedDirectiveName, 'removed directive') : null;
    case 'DIRECTIVE_ADDED':
      return sent.has(meta.addedDirectiveName) ? widened(kind, meta.addedDirectiveName, 'added directive') : null;
    case 'DIRECTIVE_LOCATION_REMOVED':
      return sent.has(meta.directiveName) ? narrowed(kind, meta.directiveName, `removed ${meta.removedDirectiveLocation} from`) : null;
    case 'DIRECTIVE_REPEATABLE_REMOVED':
      return sent.has(meta.directiveName) ? narrowed(kind, meta.directiveName, 'no longer repeatable:') : null;
    case 'DIRECTIVE_ARGUMENT_REMOVED':
      return sent.has(meta.directiveName)
        ? narrowed(kind, meta.directiveName, `removed argument ${meta.removedDirectiveArgumentName} from`)
        : null;
    case 'DIRECTIVE_ARGUMENT_ADDED': {
      if (!sent.has(meta.directiveName) || meta.addedToNewDirective) return null;
      const isRequired = meta.addedDirectiveArgumentTypeIsNonNull && meta.addedDirectiveDefaultValue === undefined;
      const said = `argument ${meta.addedDirectiveArgumentName} to`;
      return isRequired ? narrowed(kind, meta.directiveName, `added required ${said}`) : widened(kind, meta.directiveName, `added ${said}`);
    }
    case 'DIRECTIVE_ARGUMENT_TYPE_CHANGED': {
      if (!sent.has(meta.directiveName)) return null;
      const said = `argument ${meta.directiveArgumentName} of`;
      return meta.isSafeDirectiveArgumentTypeChange
        ? widened(kind, meta.directiveName, `loosened ${said}`)
        : narrowed(kind, meta.directiveName, `changed ${said}`);
    }
    case 'DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED': {
      if (!sent.has(meta.directiveName)) return null;
      const what = `changed default of ${meta.directiveArgumentName} of @${meta.directiveName}`;
      return { kind, coordinate: `@${meta.directiveName}`, verdict: 'dangerous', what };
    }
    case 'DIRECTIVE_USAGE_ARGUMENT_DEFINITION_ADDED':
      return deprecation(kind, argumentOf(meta.typeName, meta.fieldName, meta.argumentName), 'argument', meta.addedDirectiveName);
    case 'DIRECTIVE_USAGE_INPUT_FIELD_DEFINITION_ADDED':
      return deprecation(kind, `${meta.inputObjectName}.${meta.inputFieldName}`, 'input field', meta.addedDirectiveName);
    case 'DIRECTIVE_USAGE_INPUT_OBJECT_ADDED': {
      const name = meta.inputObjectName;
      if (meta.addedDirectiveName !== 'oneOf') return null;
      return { kind, coordinate: name, verdict: 'breaking', what: `made input ${name} @oneOf`, reach: { kind: 'type', name } };
    }
    case 'DIRECTIVE_USAGE_INPUT_OBJECT_REMOVED': {
      if (meta.removedDirectiveName !== 'oneOf') return null;
      return { kind, coordinate: meta.inputObjectName, verdict: 'safe', what: `input ${meta.inputObjectName} is no longer @oneOf` };
    }
    default:
      return null;
  }
}

function narrowed(kind: string, name: string, what: string): Change {
  return { kind, coordinate: `@${name}`, verdict: 'breaking', what: `${what} @${name}`, reach: { kind: 'directive', name } };
}

function widened(kind: string, name: string, what: string): Change {
  return { kind, coordinate: `@${name}`, verdict: 'safe', what: `${what} @${name}` };
}

function deprecation(kind: string, coordinate: string, of: string, directive: string): Change | null {
  return directive === 'deprecated' ? { kind, coordinate, verdict: 'safe', what: `deprecated ${of} ${coordinate}` } : null;
}
