// npm run image -- <app> <folder>
// The files of an app's image, or of `migrate`, in a folder. The Dockerfile's last stage is a copy of what this makes.
import { assembleImage } from './images/assemble-image.ts';
import { APP_IMAGES, MIGRATE_IMAGE, planImage } from './images/image-plan.ts';

const [asked = '', folder, ...others] = process.argv.slice(2);
const plan = planImage(asked);

if (plan === null || folder === undefined || others.length > 0) {
  console.error(
    `usage: npm run image -- <app> <folder>\napps: ${[...APP_IMAGES.map(({ workspace }) => workspace), MIGRATE_IMAGE].join(', ')}`,
  );
  process.exitCode = 2;
} else {
  try {
    const { files, bytes } = await assembleImage(plan, folder);
    const parts = `${String(plan.workspaces.length)} workspaces, ${String(plan.packages.length)} packages`;
    console.log(`${plan.name}: ${(bytes / 1e6).toFixed(1)} MB in ${String(files)} files, ${parts}`);
  } catch (error) {
    console.error(`image: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
