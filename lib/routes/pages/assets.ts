import { ok, refused } from '../../errors.ts';
import { type Asset, assets } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import { type CallContext, type Route, route } from '../route.ts';
import { encoded, isCompressible } from './compressed.ts';

/** Opened by itself, an image is a page of our origin: it runs nothing and loads nothing. */
const policyOfImages = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

async function fileAnswer({ req, res }: Pick<CallContext, 'req' | 'res'>, file: Asset): Promise<Answer> {
  res.removeHeader('Vary');
  const { type } = file;
  const { body, encoding } = await encoded(file, req.headers['accept-encoding']);
  const headers = {
    'Content-Type': type,
    'Cache-Control': 'public, max-age=31536000, immutable',
    ...(type.startsWith('image/') && { 'Content-Security-Policy': policyOfImages }),
    ...(isCompressible(file) && { Vary: 'Accept-Encoding' }),
    ...(encoding !== undefined && { 'Content-Encoding': encoding }),
  };
  return { status: 200, headers, body };
}

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
    handle: async (call) => ok(await fileAnswer(call, asset)),
  });

const brandRoute = route({
  method: 'get',
  path: '/assets/brand/{name}',
  summary: 'A file of the look of this installation: its logo, or its colours.',
  tag: 'assets',
  surface: 'bare',
  guard: 'anyone',
  answers: { 200: { description: 'The file.', type: '*/*' } },
  refusals: ['not_found'],
  async handle(call) {
    const file = call.core.brand.files.find(({ name }) => name === `brand/${call.params.name}`);
    return file === undefined ? refused('not_found') : ok(await fileAnswer(call, file));
  },
});

export const assetRoutes: readonly Route[] = [...assets.map(assetRoute), brandRoute];
