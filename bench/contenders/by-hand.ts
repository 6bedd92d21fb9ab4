import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createProxyMiddleware } from 'http-proxy-middleware';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { createClient } from 'redis';
import { answer } from './answer.ts';

/** What people write by hand: express, express-session in Redis, passport, http-proxy-middleware, as their guides show it. */
const client = createClient({ url: process.env.REDIS_URL ?? '' });
await client.connect();

const user = (id: string) => ({ id }) as unknown as Express.User;

passport.use(new Strategy((name, password, done) => done(null, password === 'bench' ? user(name) : false)));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user: Express.User, done) => done(null, user));

const app = express();
app.use(session({ store: new RedisStore({ client }), secret: 'bench', resave: false, saveUninitialized: false }));
app.use(passport.session());
app.post('/login', express.urlencoded({ extended: false }), passport.authenticate('local'), (_req, res) =>
  res.send('ok'),
);
app.use((req, res, next) => (req.isAuthenticated() ? next() : res.sendStatus(401)));
const { UPSTREAM: target } = process.env;
if (target) app.use(createProxyMiddleware({ target, xfwd: true }));
else app.get('/', answer);
app.listen(Number(process.env.PORT), '127.0.0.1');
