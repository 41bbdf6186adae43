import type { SerializableChange } from '@graphql-inspector/core';
import { argumentOf, type Change } from './change.ts';
import { nullabilityOnly } from './nullability.ts';

/** What the new schema does not let a client leave out. */
export interface Required {
  readonly argument: (type: string, field: string, argument: string) => boolean;
  readonly inputField: (type: string, field: string) => boolean;
}

/** Changes of what clients send: arguments and fields of inputs. `null`: it is none of those. */
export function toInputChange(difference: SerializableChange, required: Required): Change | null {
  const { type: kind, meta } = difference;
  switch (kind) {
    case 'FIELD_ARGUMENT_REMOVED': {
      const field = `${meta.typeName}.${meta.fieldName}`;
      const argument = meta.removedFieldArgumentName;
      const coordinate = argumentOf(meta.typeName, meta.fieldName, argument);
      const reach = { kind: 'gives-argument', field, argument } as const;
      return { kind, coordinate, verdict: 'breaking', what: `removed argument ${coordinate}`, reach };
    }
    case 'FIELD_ARGUMENT_ADDED': {
      const argument = meta.addedArgumentName;
      const coordinate = argumentOf(meta.typeName, meta.fieldName, argument);
      const said = `argument ${coordinate} ${meta.addedArgumentType}`;
      if (!required.argument(meta.typeName, meta.fieldName, argument)) return added(kind, coordinate, said, meta.hasDefaultValue);
      const field = `${meta.typeName}.${meta.fieldName}`;
      const reach = { kind: 'argument-refused', field, argument, omission: true } as const;
      return { kind, coordinate, verdict: 'breaking', what: `added required ${said}`, reach };
    }
    case 'FIELD_ARGUMENT_TYPE_CHANGED': {
      const field = `${meta.typeName}.${meta.fieldName}`;
      const argument = meta.argumentName;
      const coordinate = argumentOf(meta.typeName, meta.fieldName, argument);
      const omission = required.argument(meta.typeName, meta.fieldName, argument);
      const reach = { kind: 'argument-refused', field, argument, omission } as const;
      const types = [meta.oldArgumentType, meta.newArgumentType] as const;
      return typeChanged(kind, `argument ${coordinate}`, types, meta.isSafeArgumentTypeChange, { coordinate, reach });
    }
    case 'FIELD_ARGUMENT_DEFAULT_CHANGED': {
      const coordinate = argumentOf(meta.typeName, meta.fieldName, meta.argumentName);
      return defaultChanged(kind, coordinate, meta);
    }
    case 'INPUT_FIELD_REMOVED': {
      const coordinate = `${meta.inputName}.${meta.removedFieldName}`;
      const reach = { kind: 'gives-input', field: coordinate } as const;
      return { kind, coordinate, verdict: 'breaking', what: `removed input field ${coordinate}`, reach };
    }
    case 'INPUT_FIELD_ADDED': {
      const coordinate = `${meta.inputName}.${meta.addedInputFieldName}`;
      const said = `input field ${coordinate}: ${meta.addedInputFieldType}`;
      if (!required.inputField(meta.inputName, meta.addedInputFieldName))
        return added(kind, coordinate, said, meta.addedFieldDefault !== undefined);
      const reach = { kind: 'input-refused', field: coordinate, omission: true } as const;
      return { kind, coordinate, verdict: 'breaking', what: `added required ${said}`, reach };
    }
    case 'INPUT_FIELD_TYPE_CHANGED': {
      const coordinate = `${meta.inputName}.${meta.inputFieldName}`;
      const omission = required.inputField(meta.inputName, meta.inputFieldName);
      const reach = { kind: 'input-refused', field: coordinate, omission } as const;
      const types = [meta.oldInputFieldType, meta.newInputFieldType] as const;
      return typeChanged(kind, `input field ${coordinate}`, types, meta.isInputFieldTypeChangeSafe, { coordinate, reach });
    }
    case 'INPUT_FIELD_DEFAULT_VALUE_CHANGED':
      return defaultChanged(kind, `${meta.inputName}.${meta.inputFieldName}`, meta);
    default:
      return null;
  }
}

type Breaking = Extract<Change, { readonly verdict: 'breaking' }>;

// Whoever sends nothing gets the default from now on.
function added(kind: string, coordinate: string, said: string, hasDefault: boolean): Change {
  return hasDefault
    ? { kind, coordinate, verdict: 'dangerous', what: `added ${said} with a default` }
    : { kind, coordinate, verdict: 'safe', what: `added ${said}` };
}

function typeChanged(
  kind: string,
  said: string,
  [before, after]: readonly [string, string],
  isSafe: boolean,
  { coordinate, reach }: Pick<Breaking, 'coordinate' | 'reach'>,
): Change {
  if (isSafe) return { kind, coordinate, verdict: 'safe', what: `loosened ${said} from ${before} to ${after}` };
  const how = nullabilityOnly(before, after) ? 'tightened' : 'changed';
  return { kind, coordinate, verdict: 'breaking', what: `${how} ${said} from ${before} to ${after}`, reach };
}

interface Defaults {
  readonly oldDefaultValue?: string;
  readonly newDefaultValue?: string;
}

function defaultChanged(kind: string, coordinate: string, { oldDefaultValue = 'none', newDefaultValue = 'none' }: Defaults): Change {
  const what = `changed default of ${coordinate} from ${oldDefaultValue} to ${newDefaultValue}`;
  return { kind, coordinate, verdict: 'dangerous', what };
}
