export { simulateOrders, type SimulatedOrders } from './simulate-orders.ts';
export { ordersTables } from './tables.ts';
export type {
  BuyerStreamRow,
  CartLineRow,
  CartRow,
  OrderEventRow,
  OrderLineRow,
  OrderRow,
  PriceRow,
  SagaCommandRow,
  SagaRow,
  ShipmentRow,
} from './tables.ts';
