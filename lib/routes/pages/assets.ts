import { ok } from '../../errors.ts';
import { type Asset, assets } from '../../pages/index.ts';
import { type Route, route } from '../route.ts';

/** Cached for ever: the name contains a hash of the content, which is the same for everybody. */
const assetRoute = (asset: Asset): Route =>
  route({
    method: 'get',
    path: `/assets/${asset.name}`,
    summary: 'A file of the pages.',
    tag: 'assets',
    surface: 'bare',
    guard: 'anyone',
    answers: { 200: { description: 'The file.', type: asset.type.replace(/;.*/, '') } },
    async handle({ res }) {
      res.removeHeader('Vary');
      const headers = { 'Content-Type': asset.type, 'Cache-Control': 'public, max-age=31536000, immutable' };
      return ok({ status: 200, headers, body: asset.body });
    },
  });

export const assetRoutes = assets.map(assetRoute);
