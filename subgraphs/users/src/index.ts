export { startUsers, type RunningUsers } from './app.ts';
export { readUsersConfig, type UsersConfig } from './config.ts';
