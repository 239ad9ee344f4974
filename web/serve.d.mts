import type { Server } from 'node:http';

export function serve(options?: { port?: number; isolated?: boolean }): Promise<{ server: Server; address: string }>;
