import type { Edit } from './a-shop.ts';

/** A change of the shop, and everything that is found about it, each with its verdict. */
export interface ShopChange {
  readonly change: string;
  readonly edits: readonly Edit[];
  readonly found: readonly string[];
}

/** One change at a time, of every class. */
export const shopChanges: readonly ShopChange[] = [
  {
    change: 'a field that operations select goes',
    edits: [['orders', '  total: Int!\n', '']],
    found: ['breaking: removed field Order.total breaks OpenOrders, OrderPage, Tracker (Follow)'],
  },
  {
    change: 'a field that nobody selects goes',
    edits: [['orders', '  note: String\n', '']],
    found: ['breaking: removed field Order.note: no known operation uses it'],
  },
  {
    change: 'a field is hidden',
    edits: [['orders', 'total: Int!', 'total: Int! @inaccessible']],
    found: ['breaking: hid (@inaccessible) field Order.total breaks OpenOrders, OrderPage, Tracker (Follow)'],
  },
  {
    change: 'a field changes its type',
    edits: [['orders', 'total: Int!', 'total: Float!']],
    found: ['breaking: changed field Order.total from Int! to Float! breaks OpenOrders, OrderPage, Tracker (Follow)'],
  },
  {
    change: 'a field may be null from now on',
    edits: [['orders', 'total: Int!', 'total: Int']],
    found: ['breaking: loosened field Order.total from Int! to Int breaks OpenOrders, OrderPage, Tracker (Follow)'],
  },
  {
    change: 'items of a list may be null from now on',
    edits: [['orders', 'lines(first: Int): [Item!]!', 'lines(first: Int): [Item]!']],
    found: ['breaking: loosened field Order.lines from [Item!]! to [Item]! breaks OrderPage'],
  },
  {
    change: 'a field is never null from now on',
    edits: [['orders', 'note: String', 'note: String!']],
    found: ['safe: tightened field Order.note from String to String!'],
  },
  {
    change: 'a field comes',
    edits: [['orders', '  note: String\n', '  note: String\n  tax: Int!\n']],
    found: ['safe: added field Order.tax: Int!'],
  },
  {
    change: 'a field is deprecated',
    edits: [['orders', 'total: Int!', 'total: Int! @deprecated(reason: "sum")']],
    found: ['safe: deprecated field Order.total'],
  },
  {
    change: 'a deprecated field that nobody selects goes',
    edits: [
      ['orders', '  hint: String\n', ''],
      ['orders', '  note: String\n', '  note: String @deprecated\n'],
    ],
    found: ['breaking: removed field Order.hint: no known operation uses it', 'safe: deprecated field Order.note'],
  },
  {
    change: 'a description changes',
    edits: [['orders', '  total: Int!', '  "With tax."\n  total: Int!']],
    found: [],
  },
  {
    change: 'a type goes, with the field that had it',
    edits: [
      ['payments', 'type Payment @key(fields: "id") {\n  id: ID!\n  amount: Int!\n}\n', ''],
      ['payments', '  payment: Payment\n', '  paid: Int\n'],
      ['payments', '  payment(id: ID!): Payment\n', '  payments: Int\n'],
    ],
    found: [
      'breaking: removed field Order.payment breaks OrderPage',
      'breaking: removed type Payment breaks OrderPage',
      'breaking: removed field Query.payment: no known operation uses it',
      'safe: added field Order.paid: Int',
      'safe: added field Query.payments: Int',
    ],
  },
  {
    change: 'an argument goes',
    edits: [['orders', 'lines(first: Int)', 'lines']],
    found: ['breaking: removed argument Order.lines(first:) breaks OrderPage'],
  },
  {
    change: 'an argument that nobody gives goes',
    edits: [['orders', ', status: OrderStatus, filter', ', filter']],
    found: ['breaking: removed argument Query.orders(status:): no known operation uses it'],
  },
  {
    change: 'a required argument comes',
    edits: [['orders', 'lines(first: Int)', 'lines(first: Int, sort: String!)']],
    found: ['breaking: added required argument Order.lines(sort:) String! breaks OrderPage'],
  },
  {
    change: 'an optional argument comes',
    edits: [['orders', 'lines(first: Int)', 'lines(first: Int, sort: String)']],
    found: ['safe: added argument Order.lines(sort:) String'],
  },
  {
    change: 'an argument with a default comes',
    edits: [['orders', 'lines(first: Int)', 'lines(first: Int, sort: String! = "title")']],
    found: ['dangerous: added argument Order.lines(sort:) String! with a default'],
  },
  {
    change: 'an argument that is always given with a value is required',
    edits: [['orders', 'lines(first: Int)', 'lines(first: Int!)']],
    found: ['breaking: tightened argument Order.lines(first:) from Int to Int!: no known operation uses it'],
  },
  {
    change: 'an argument that gets a variable without a value is required',
    edits: [['orders', 'first: Int = 20', 'first: Int!']],
    found: [
      'breaking: tightened argument Query.orders(first:) from Int to Int! breaks OpenOrders',
      'dangerous: changed default of Query.orders(first:) from 20 to none',
    ],
  },
  {
    change: 'an argument need not be given any more',
    edits: [['orders', 'search(text: String!)', 'search(text: String)']],
    found: ['safe: loosened argument Query.search(text:) from String! to String'],
  },
  {
    change: 'an argument changes its type',
    edits: [['orders', 'search(text: String!)', 'search(text: ID!)']],
    found: ['breaking: changed argument Query.search(text:) from String! to ID! breaks Search'],
  },
  {
    change: 'a default changes',
    edits: [['orders', 'first: Int = 20', 'first: Int = 50']],
    found: ['dangerous: changed default of Query.orders(first:) from 20 to 50'],
  },
  {
    change: 'an input field goes that a variable may hold',
    edits: [['orders', '  voucher: String\n', '']],
    found: ['breaking: removed input field CheckoutInput.voucher breaks Checkout'],
  },
  {
    change: 'an input field goes that nobody writes',
    edits: [['orders', '  status: OrderStatus\n  text: String\n', '  status: OrderStatus\n']],
    found: ['breaking: removed input field OrderFilter.text: no known operation uses it'],
  },
  {
    change: 'a required input field comes, deep in a variable',
    edits: [['orders', '  city: String\n', '  city: String\n  street: String!\n']],
    found: ['breaking: added required input field AddressInput.street: String! breaks Checkout'],
  },
  {
    change: 'a required input field comes that an object in a document lacks',
    edits: [['orders', '  status: OrderStatus\n  text: String\n', '  status: OrderStatus\n  text: String\n  shop: ID!\n']],
    found: ['breaking: added required input field OrderFilter.shop: ID! breaks OpenOrders'],
  },
  {
    change: 'an optional input field comes',
    edits: [['orders', '  city: String\n', '  city: String\n  street: String\n']],
    found: ['safe: added input field AddressInput.street: String'],
  },
  {
    change: 'an input field is required from now on',
    edits: [['orders', '  city: String\n', '  city: String!\n']],
    found: ['breaking: tightened input field AddressInput.city from String to String! breaks Checkout'],
  },
  {
    change: 'an input field need not be given any more',
    edits: [['orders', '  country: String!\n', '  country: String\n']],
    found: ['safe: loosened input field AddressInput.country from String! to String'],
  },
  {
    change: 'an enum value goes that a document writes and others read',
    edits: [['orders', '  OPEN\n', '']],
    found: ['breaking: removed enum value OrderStatus.OPEN breaks OpenOrders, OrderPage, Tracker (Follow)'],
  },
  {
    change: 'an enum value goes that a variable may hold',
    edits: [['orders', '  SHOP\n', '']],
    found: ['breaking: removed enum value Channel.SHOP breaks Checkout'],
  },
  {
    change: 'an enum value comes',
    edits: [['orders', '  SENT\n', '  SENT\n  RETURNED\n']],
    found: ['dangerous: added enum value OrderStatus.RETURNED'],
  },
  {
    change: 'a member of a union goes that a fragment is for',
    edits: [['orders', 'union Result = Item | Voucher', 'union Result = Item']],
    found: ['breaking: removed Voucher from union Result breaks Search'],
  },
  {
    change: 'a member of a union comes',
    edits: [['orders', 'union Result = Item | Voucher', 'union Result = Item | Voucher | Order']],
    found: ['dangerous: added Order to union Result'],
  },
  {
    change: 'an object leaves an interface',
    edits: [['orders', 'type Voucher implements Priced {', 'type Voucher {']],
    found: ['breaking: removed Voucher from interface Priced: no known operation uses it'],
  },
  {
    change: 'a new type comes into an interface',
    edits: [['orders', 'union Result', 'type Gift implements Priced {\n  price: Int!\n}\n\nunion Result']],
    found: ['dangerous: added Gift to interface Priced', 'safe: added type Gift'],
  },
  {
    change: 'a field asks for a token, for which some paths to it asked already',
    edits: [['orders', 'total: Int!', 'total: Int! @authenticated']],
    found: ['breaking: tightened access to Order.total from anybody to signed in breaks OpenOrders, Tracker (Follow)'],
  },
  {
    change: 'a field asks for a scope',
    edits: [['orders', 'lines(first: Int): [Item!]!', 'lines(first: Int): [Item!]! @requiresScopes(scopes: [["orders:lines"]])']],
    found: ['breaking: tightened access to Order.lines from anybody to orders:lines breaks OrderPage'],
  },
  {
    change: 'a field asks for a policy',
    edits: [['orders', 'note: String', 'note: String @policy(policies: [["fraud"]])']],
    found: ['breaking: tightened access to Order.note from anybody to policy fraud: no known operation uses it'],
  },
  {
    change: 'a field asks for one more scope',
    edits: [['orders', '[["orders:read"]]', '[["orders:read", "orders:staff"]]']],
    found: ['breaking: tightened access to Order.staffNote from orders:read to orders:read and orders:staff breaks StaffOrder'],
  },
  {
    change: 'another scope is enough as well',
    edits: [['orders', '[["orders:read"]]', '[["orders:read"], ["orders:staff"]]']],
    found: ['dangerous: loosened access to Order.staffNote from orders:read to orders:read, or orders:staff'],
  },
  {
    change: 'a type asks for a token',
    edits: [['orders', 'type Item implements Priced {', 'type Item implements Priced @authenticated {']],
    found: [
      'breaking: tightened access to Item from anybody to signed in breaks Search',
      'breaking: tightened access to Priced.price from anybody to signed in breaks Search',
    ],
  },
  {
    change: 'anybody may see a field',
    edits: [['orders', 'order(id: ID!): Order @authenticated', 'order(id: ID!): Order']],
    found: ['dangerous: loosened access to Query.order from signed in to anybody'],
  },
  {
    change: 'a field costs',
    edits: [['orders', 'catalogue: [Item!]!', 'catalogue: [Item!]! @cost(weight: 10)']],
    found: ['dangerous: changed Query.catalogue from nothing to @cost(weight: 10)'],
  },
  {
    change: 'a list is longer',
    edits: [['orders', 'assumedSize: 20', 'assumedSize: 50']],
    found: ['dangerous: changed Query.orders from @listSize(assumedSize: 20) to @listSize(assumedSize: 50)'],
  },
  {
    change: 'events come from another topic',
    edits: [['events', 'orders.order.v1', 'orders.order.v2']],
    found: [
      'dangerous: changed Subscription.orderChanged from @topic(name: "orders.order.v1", key: "{args.id}") to @topic(name: "orders.order.v2", key: "{args.id}")',
    ],
  },
  {
    change: 'a field moves to another subgraph',
    edits: [
      ['orders', '  note: String\n', ''],
      ['payments', '  payment: Payment\n', '  payment: Payment\n  note: String\n'],
    ],
    found: ['safe: moved Order.note from orders to payments'],
  },
  {
    change: 'a field moves by @override',
    edits: [['payments', '  payment: Payment\n', '  payment: Payment\n  note: String @override(from: "orders")\n']],
    found: ['safe: moved Order.note from orders to payments'],
  },
];
