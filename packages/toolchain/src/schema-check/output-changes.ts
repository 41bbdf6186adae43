import type { SerializableChange } from '@graphql-inspector/core';
import type { Change } from './change.ts';
import { nullabilityOnly } from './nullability.ts';

/** Changes of what clients receive: types, fields, values, members. `null`: it is none of those. */
export function toOutputChange(difference: SerializableChange, isKnown: (type: string) => boolean): Change | null {
  const { type: kind, meta } = difference;
  switch (kind) {
    case 'TYPE_REMOVED': {
      const name = meta.removedTypeName;
      return { kind, coordinate: name, verdict: 'breaking', what: `removed type ${name}`, reach: { kind: 'type', name } };
    }
    case 'TYPE_ADDED':
      return { kind, coordinate: meta.addedTypeName, verdict: 'safe', what: `added type ${meta.addedTypeName}` };
    case 'TYPE_KIND_CHANGED': {
      const name = meta.typeName;
      const what = `changed type ${name} from ${spoken(meta.oldTypeKind)} to ${spoken(meta.newTypeKind)}`;
      return { kind, coordinate: name, verdict: 'breaking', what, reach: { kind: 'type', name } };
    }
    case 'FIELD_REMOVED': {
      const coordinate = `${meta.typeName}.${meta.removedFieldName}`;
      const what = `removed ${meta.isRemovedFieldDeprecated ? 'deprecated ' : ''}field ${coordinate}`;
      return { kind, coordinate, verdict: 'breaking', what, reach: { kind: 'selects', field: coordinate } };
    }
    case 'FIELD_ADDED': {
      const coordinate = `${meta.typeName}.${meta.addedFieldName}`;
      return { kind, coordinate, verdict: 'safe', what: `added field ${coordinate}: ${meta.addedFieldReturnType}` };
    }
    case 'FIELD_TYPE_CHANGED': {
      const coordinate = `${meta.typeName}.${meta.fieldName}`;
      const [before, after] = [meta.oldFieldType, meta.newFieldType];
      const how = nullabilityOnly(before, after) ? 'loosened' : 'changed';
      if (meta.isSafeFieldTypeChange)
        return { kind, coordinate, verdict: 'safe', what: `tightened field ${coordinate} from ${before} to ${after}` };
      const what = `${how} field ${coordinate} from ${before} to ${after}`;
      return { kind, coordinate, verdict: 'breaking', what, reach: { kind: 'selects', field: coordinate } };
    }
    case 'FIELD_DEPRECATION_ADDED':
      return noted(kind, `${meta.typeName}.${meta.fieldName}`, 'deprecated field');
    case 'FIELD_DEPRECATION_REMOVED':
      return noted(kind, `${meta.typeName}.${meta.fieldName}`, 'no longer deprecated: field');
    case 'ENUM_VALUE_REMOVED': {
      const coordinate = `${meta.enumName}.${meta.removedEnumValueName}`;
      const what = `removed enum value ${coordinate}`;
      return { kind, coordinate, verdict: 'breaking', what, reach: { kind: 'value', value: coordinate } };
    }
    case 'ENUM_VALUE_ADDED': {
      const coordinate = `${meta.enumName}.${meta.addedEnumValueName}`;
      return { kind, coordinate, verdict: 'dangerous', what: `added enum value ${coordinate}` };
    }
    // Of the value itself: what is told of the reason calls a removed standard reason an added one.
    case 'DIRECTIVE_USAGE_ENUM_VALUE_ADDED':
      return meta.addedDirectiveName === 'deprecated'
        ? noted(kind, `${meta.enumName}.${meta.enumValueName}`, 'deprecated enum value')
        : null;
    case 'DIRECTIVE_USAGE_ENUM_VALUE_REMOVED':
      return meta.removedDirectiveName === 'deprecated'
        ? noted(kind, `${meta.enumName}.${meta.enumValueName}`, 'no longer deprecated: enum value')
        : null;
    case 'UNION_MEMBER_REMOVED': {
      const [union, member] = [meta.unionName, meta.removedUnionMemberTypeName];
      const what = `removed ${member} from union ${union}`;
      return { kind, coordinate: union, verdict: 'breaking', what, reach: { kind: 'types-refused', names: [member] } };
    }
    case 'UNION_MEMBER_ADDED':
      return {
        kind,
        coordinate: meta.unionName,
        verdict: 'dangerous',
        what: `added ${meta.addedUnionMemberTypeName} to union ${meta.unionName}`,
      };
    case 'OBJECT_TYPE_INTERFACE_REMOVED': {
      const [type, of] = [meta.objectTypeName, meta.removedInterfaceName];
      const what = `removed ${type} from interface ${of}`;
      return { kind, coordinate: type, verdict: 'breaking', what, reach: { kind: 'types-refused', names: [type] } };
    }
    case 'OBJECT_TYPE_INTERFACE_ADDED': {
      const [type, of] = [meta.objectTypeName, meta.addedInterfaceName];
      return isKnown(of) ? { kind, coordinate: type, verdict: 'dangerous', what: `added ${type} to interface ${of}` } : null;
    }
    default:
      return null;
  }
}

const noted = (kind: string, coordinate: string, what: string): Change => ({
  kind,
  coordinate,
  verdict: 'safe',
  what: `${what} ${coordinate}`,
});

const spoken = (kind: string): string =>
  kind
    .replace(/TypeDefinition$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
