import { formatMoney } from '../look/money.ts';
import type { Product, Variant } from './documents.ts';
import { Stock } from './stock.tsx';

export interface Offers {
  /** Variants that are being put into the cart at this moment. */
  readonly adding: ReadonlySet<string>;
  readonly onAdd: (variantId: string) => void;
  readonly onBuyNow: (product: Product, variant: Variant) => void;
}

export function ProductEntry({ product, adding, onAdd, onBuyNow }: { readonly product: Product } & Offers) {
  const { title, description, category, variants } = product;
  const more = (variants.totalCount ?? 0) - variants.edges.length;
  return (
    <li className="product">
      <h3>{title}</h3>
      <p className="soft">
        {category.name}. {description}
      </p>
      <ul className="variants" aria-label={`Variants of ${title}`}>
        {variants.edges.map(({ node }) => (
          <li key={node.id}>
            <span className="variant-title">{node.title}</span>
            <span className="price">
              {node.compareAtPrice === null ? null : <s>{formatMoney(node.compareAtPrice)}</s>} {formatMoney(node.price)}
            </span>
            <Stock stock={node.inventory} />
            <span className="offers">
              <button
                type="button"
                aria-label={`Add ${title}, ${node.title} to the cart`}
                disabled={adding.has(node.id) || node.inventory.status === 'OUT_OF_STOCK'}
                onClick={() => {
                  onAdd(node.id);
                }}
              >
                {adding.has(node.id) ? 'Adding' : 'Add'}
              </button>
              <button
                type="button"
                className="offer"
                disabled={node.inventory.status === 'OUT_OF_STOCK'}
                aria-label={`Buy ${title}, ${node.title} now`}
                onClick={() => {
                  onBuyNow(product, node);
                }}
              >
                Buy now
              </button>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className="soft">and {more} more</p> : null}
    </li>
  );
}
