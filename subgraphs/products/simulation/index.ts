export type { OnSale } from './put-on-sale.ts';
export { simulateProducts, type SimulatedProducts } from './simulate-products.ts';
export { productsTables } from './tables.ts';
