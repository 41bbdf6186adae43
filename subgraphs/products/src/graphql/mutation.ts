import { fingerprint, parseId, refuse, type Id } from '@tally/kernel';
import { parseIdempotencyKey, requireScope, unauthenticated, type Viewer } from '@tally/subgraph-kit';
import type { Refusal } from '../domain/refusal.ts';
import type {
  InventoryAdjustPayloadResolvers,
  MutationResolvers,
  ProductPayloadResolvers,
  VariantPayloadResolvers,
} from '../generated/resolvers.ts';
import type { Context } from './context.ts';
import { loadAfresh } from './loaders.ts';
import { orInProgress, toUserErrors } from './user-errors.ts';

/** What a mutation left; the entity is loaded as it stands after it. */
export interface ProductPayload {
  readonly productId: Id<'prod'> | null;
  readonly refusals: readonly Refusal[];
}

export interface VariantPayload {
  readonly variantId: Id<'var'> | null;
  readonly refusals: readonly Refusal[];
}

export interface InventoryAdjustPayload extends VariantPayload {
  readonly replayed: boolean;
}

export const mutation: MutationResolvers = {
  async productCreate(_, { input }, { viewer, useCases }) {
    requireScope(viewer, 'catalogue:write');
    const variants = input.variants.map(({ onHand, weightGrams, options, ...variant }) => ({
      ...variant,
      onHand: onHand ?? 0,
      weightGrams: weightGrams ?? null,
      options: options ?? [],
    }));
    const { title, description, categoryId, attributes, tags } = input;
    const wanted = { title, description, variants, categoryId: parseId('cat', categoryId), attributes: attributes ?? [], tags: tags ?? [] };
    return toProductPayload(await useCases.createProduct(wanted));
  },
  async productUpdate(_, { input }, { viewer, useCases }) {
    requireScope(viewer, 'catalogue:write');
    const { id, expectedVersion, title = null, description = null, status = null, tags = null, attributes = null } = input;
    return toProductPayload(
      await useCases.updateProduct({ id: parseId('prod', id), expectedVersion, title, description, status, tags, attributes }),
    );
  },
  async variantPriceSet(_, { input }, { viewer, useCases }) {
    requireScope(viewer, 'catalogue:write');
    const { variantId, price, compareAtPrice, currency } = input;
    const wanted = { variantId: parseId('var', variantId), price, compareAt: compareAtPrice ?? null, currency };
    const outcome = await useCases.setVariantPrice(wanted);
    return outcome.ok ? { variantId: outcome.value, refusals: [] } : { variantId: null, refusals: outcome.refusal };
  },
  async inventoryAdjust(_, { input }, { viewer, useCases }) {
    requireScope(viewer, 'stock:write');
    const { variantId, delta, reason, idempotencyKey } = input;
    const request = {
      scope: scopeOf(viewer),
      key: parseIdempotencyKey(idempotencyKey),
      fingerprint: fingerprint({ ...input }, ['idempotencyKey']),
    };
    const adjusting = useCases.adjustInventory({ ...request, variantId: parseId('var', variantId), delta, reason });
    const outcome = await orInProgress(adjusting, refuse([{ kind: 'in-progress' }]));
    return outcome.ok ? { ...outcome.value, refusals: [] } : { variantId: null, replayed: false, refusals: outcome.refusal };
  },
};

export const productPayload: ProductPayloadResolvers = {
  product: ({ productId }, _, { loaders }) => (productId === null ? null : loadAfresh(loaders).product.load(productId)),
  userErrors: ({ refusals }) => toUserErrors(refusals),
};

export const variantPayload: VariantPayloadResolvers = {
  variant: ({ variantId }, _, { loaders }) => (variantId === null ? null : loadAfresh(loaders).variant.load(variantId)),
  userErrors: ({ refusals }) => toUserErrors(refusals),
};

export const inventoryAdjustPayload: InventoryAdjustPayloadResolvers = {
  variant: ({ variantId }, _, { loaders }) => (variantId === null ? null : loadAfresh(loaders).variant.load(variantId)),
  userErrors: ({ refusals }) => toUserErrors(refusals),
};

const toProductPayload = (outcome: Awaited<ReturnType<Context['useCases']['createProduct']>>): ProductPayload =>
  outcome.ok ? { productId: outcome.value, refusals: [] } : { productId: null, refusals: outcome.refusal };

/** Whose idempotency keys: a leaked key shows nobody else's result. */
function scopeOf(viewer: Viewer): string {
  if (viewer.kind === 'anonymous') throw unauthenticated();
  return viewer.kind === 'user' ? viewer.userId : viewer.serviceId;
}
