/** What the documents of operations/ answer, as far as scenarios look at it. */
export interface Answers {
  readonly Trouble: TroubleAnswer<'orders' | 'payments'>;
  readonly ParkedKeys: TroubleAnswer;
  readonly Interventions: TroubleAnswer;
  readonly Register: { readonly register: SignedIn | null };
  readonly Login: { readonly login: SignedIn | null };
  readonly SessionRefresh: { readonly sessionRefresh: ({ readonly refreshToken: string | null } & Refusals) | null };
  readonly Account: { readonly me: Account | null };
  readonly PaymentMethodAdd: { readonly paymentMethodAdd: { readonly paymentMethod: { readonly id: string } | null } & Refusals };
  readonly AddressSave: {
    readonly addressSave: { readonly user: { readonly addresses: readonly { readonly id: string }[] | null } | null } & Refusals;
  };
  readonly AddressRemove: { readonly addressRemove: Refusals | null };
  readonly CartLinesAdd: { readonly cartLinesAdd: ChangedCart | null };
  readonly CartLinesSet: { readonly cartLinesSet: ChangedCart | null };
  readonly CartPage: { readonly cart: CartPage | null; readonly cartQuote: { readonly total: Money } | null };
  readonly Checkout: { readonly checkout: Checkout | null };
  readonly OrderStatus: { readonly order: OrderStatus | null };
  readonly OrderPage: { readonly order: OrderPage | null };
  readonly OrderCancel: {
    readonly orderCancel: { readonly order: { readonly status: string } | null; readonly replayed: boolean } & Refusals;
  };
  readonly PaymentAttempts: {
    readonly order: { readonly payments: readonly { readonly attempts: readonly Attempt[] | null }[] | null } | null;
  };
  readonly Categories: { readonly categories: readonly { readonly id: string; readonly slug: string }[] };
  readonly CategoryForm: { readonly categories: readonly CategoryForm[] };
  readonly ProductCreate: { readonly productCreate: { readonly product: CreatedProduct | null } & Refusals };
  readonly ProductPage: { readonly product: { readonly id: string; readonly variants: { readonly totalCount: number } } | null };
  readonly ProductSearch: {
    readonly products: {
      readonly totalCount: number;
      readonly edges: readonly { readonly node: { readonly id: string; readonly slug: string } }[];
    };
  };
  readonly ProductList: { readonly products: { readonly edges: readonly { readonly node: { readonly id: string } }[] } };
  readonly InventoryAdjust: { readonly inventoryAdjust: ({ readonly replayed: boolean } & Refusals) | null };
  readonly VariantPriceSet: { readonly variantPriceSet: Refusals | null };
  readonly VariantStock: { readonly variants: readonly (VariantStock | null)[] };
  readonly ShipmentCreate: {
    readonly shipmentCreate: { readonly shipment: { readonly id: string; readonly status: string } | null } & Refusals;
  };
  readonly ShipmentUpdate: { readonly shipmentUpdate: { readonly order: { readonly status: string } | null } & Refusals };
  readonly Nodes: { readonly nodes: readonly ({ readonly id: string } | null)[] };
}

/** Name of a document in operations/ that scenarios send. */
export type OperationName = keyof Answers;

/** Lists of what stands still, or of what was done about it; a subgraph that is away gives none. */
export interface TroubleAnswer<Field extends string = string> {
  readonly trouble: Readonly<
    Record<Field, { readonly totalCount: number; readonly edges: readonly { readonly node: Readonly<Record<string, unknown>> }[] } | null>
  > | null;
}

export interface Money {
  /** Minor units. */
  readonly amount: number;
}

export interface UserError {
  readonly code: string;
  readonly message?: string;
  readonly field?: readonly string[] | null;
  readonly requested?: number;
  readonly available?: number;
  readonly variant?: { readonly id: string; readonly sku: string } | null;
  readonly expected?: Money;
  readonly actual?: Money;
}

export interface Refusals {
  readonly userErrors: readonly UserError[];
}

export interface SignedIn extends Refusals {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly user: { readonly id: string } | null;
}

export interface Account {
  readonly id: string;
  readonly cart: { readonly id: string } | null;
  readonly orders: {
    readonly totalCount: number | null;
    readonly edges: readonly { readonly node: { readonly id: string; readonly status: string } }[];
  } | null;
}

export interface ChangedCart extends Refusals {
  readonly cart: {
    readonly id: string;
    readonly version: number;
    readonly lines: readonly { readonly id: string; readonly quantity: number }[];
  } | null;
}

export interface CartPage {
  readonly id: string;
  readonly lines: readonly { readonly quantity: number; readonly variant: { readonly id: string } | null }[];
}

export interface Checkout extends Refusals {
  readonly order: (OrderStatus & { readonly number: string; readonly total: Money; readonly problems: readonly UserError[] }) | null;
  readonly replayed: boolean;
}

export interface OrderStatus {
  readonly id: string;
  readonly status: string;
  readonly sequence: number;
  readonly confirmedAt: string | null;
}

export interface OrderPage extends OrderStatus {
  readonly number: string;
  readonly paymentStatus: string | null;
  readonly total: Money;
  readonly lines: readonly { readonly id: string; readonly variantId: string; readonly sku: string; readonly quantity: number }[];
  readonly problems: readonly UserError[];
  readonly timeline: readonly { readonly sequence: number; readonly status: string }[];
  readonly payments:
    | readonly {
        readonly status: string;
        readonly captured: Money;
        readonly refunded: Money;
        readonly refunds: readonly { readonly status: string; readonly amount: Money }[];
      }[]
    | null;
}

export interface Attempt {
  readonly operation: string;
  readonly outcome: string;
}

export interface CategoryForm {
  readonly id: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly kind: 'TEXT' | 'NUMBER' | 'CHOICE' | 'FLAG';
    readonly required: boolean;
  }[];
}

export interface CreatedProduct {
  readonly id: string;
  readonly slug: string;
  readonly variants: { readonly edges: readonly { readonly node: CreatedVariant }[] };
}

export interface CreatedVariant {
  readonly id: string;
  readonly sku: string;
  readonly price: Money;
}

export interface VariantStock {
  readonly id: string;
  readonly inventory: { readonly available: number; readonly reserved: number };
}
