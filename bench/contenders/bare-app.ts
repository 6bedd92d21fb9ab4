import express from 'express';
import { answer } from './answer.ts';

/** Express and nothing else. */
express().get('/', answer).listen(Number(process.env.PORT), '127.0.0.1');
