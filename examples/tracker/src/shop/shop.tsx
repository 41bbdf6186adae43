import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { BuyNow } from '../cart/buy-now.tsx';
import type { Cart } from '../cart/use-cart.ts';
import { faultOf } from '../graph/faults.ts';
import { quietly } from '../graph/quietly.ts';
import { formatCount } from '../look/money.ts';
import { Fault, Refusals } from '../look/refusals.tsx';
import { searchProducts, type Product, type Variant } from './documents.ts';
import { ProductEntry } from './product-entry.tsx';
import { StockAge } from './stock-age.tsx';
import { useLiveStock } from './use-live-stock.ts';
import { useSettled } from './use-settled.ts';

const pageSize = 12;
const mostProducts = 96;
const typingPauseMs = 200;
const ideas = ['mug', 'blanket', 'lamp', 'print'];

/** The catalogue: search, live stock, and two ways to buy. */
export function Shop({ cart }: { readonly cart: Cart }) {
  const [typed, setTyped] = useState('');
  const [first, setFirst] = useState(pageSize);
  const [buying, setBuying] = useState<readonly [Product, Variant] | null>(null);
  const query = useSettled(typed.trim(), typingPauseMs);
  const { data, previousData, loading, error, refetch } = useQuery(searchProducts, {
    variables: { query: query === '' ? null : query, first },
  });
  // What was found before stays until the answer is there.
  const found = (data ?? previousData)?.products;
  const products = found?.edges.map(({ node }) => node) ?? [];
  useLiveStock(products.flatMap(({ variants }) => variants.edges.map(({ node }) => node.id)));

  function search(words: string): void {
    setTyped(words);
    setFirst(pageSize);
  }

  return (
    <section className="shop" aria-label="Shop">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <label htmlFor="search" className="unseen">
          Search the catalogue
        </label>
        <input
          id="search"
          type="search"
          value={typed}
          placeholder="Search the catalogue"
          autoComplete="off"
          onChange={(event) => {
            search(event.currentTarget.value);
          }}
        />
        <p className="ideas">
          {ideas.map((idea) => (
            <button
              key={idea}
              type="button"
              className="idea"
              onClick={() => {
                search(idea);
              }}
            >
              {idea}
            </button>
          ))}
        </p>
      </form>
      <p className="shop-state" aria-live="polite">
        <span>
          {found?.totalCount == null ? 'Looking …' : found.totalCount === 1 ? '1 product' : `${formatCount(found.totalCount)} products`}
        </span>
        <StockAge />
      </p>
      {cart.fault === null ? null : <Fault text={cart.fault} />}
      <Refusals refusals={cart.refusals} title="It did not go into the cart." />
      {error === undefined ? null : <Fault text={faultOf(error)} onRetry={() => quietly(refetch())} />}
      {found === undefined && loading ? <Skeleton /> : null}
      {found !== undefined && products.length === 0 ? <p className="empty">Nothing is called “{query}”. Try another word.</p> : null}
      <ul className="products" aria-label="Products" aria-busy={loading}>
        {products.map((product) => (
          <ProductEntry
            key={product.id}
            product={product}
            adding={cart.changing}
            onAdd={(variantId) => void cart.add(variantId)}
            onBuyNow={(bought, variant) => {
              setBuying([bought, variant]);
            }}
          />
        ))}
      </ul>
      {products.length === first && first < mostProducts && (found?.totalCount ?? 0) > first ? (
        <button
          type="button"
          className="more"
          disabled={loading}
          onClick={() => {
            setFirst(first + pageSize);
          }}
        >
          Show more
        </button>
      ) : null}
      {buying === null ? null : (
        <BuyNow
          product={buying[0]}
          variant={buying[1]}
          onClose={() => {
            setBuying(null);
          }}
        />
      )}
    </section>
  );
}

function Skeleton() {
  return (
    <ul className="products skeleton" aria-hidden="true">
      {[0, 1, 2, 3].map((at) => (
        <li key={at} className="product" />
      ))}
    </ul>
  );
}
