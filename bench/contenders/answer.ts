import type { Request, Response } from 'express';

const body = { answer: 'x'.repeat(1000) };

/** What every app of the bench answers: one kilobyte of JSON. */
export const answer = (_req: Request, res: Response): void => void res.json(body);
