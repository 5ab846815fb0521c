/** `npm run build`: builds the platform and prints what it weighs. */
import { formatSizes } from './artefact-size.ts';
import { buildPlatform } from './build-platform.ts';

const { sizes } = await buildPlatform();
console.log(formatSizes(sizes));
