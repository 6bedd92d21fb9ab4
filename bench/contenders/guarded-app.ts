import express from 'express';
import { gatewarden } from 'gatewarden';
import { answer } from './answer.ts';

/** An Express app as the README shows it. */
const gate = await gatewarden();
const app = express();
app.use('/auth', gate.router());
app.use(gate.authenticate());
app.get('/', gate.requireRole('viewer'), answer);
app.listen(Number(process.env.PORT), '127.0.0.1');
