export { startProducts, type RunningProducts } from './app.ts';
export { readProductsConfig, type ProductsConfig } from './config.ts';
