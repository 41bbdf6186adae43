import type { FastifyInstance } from 'fastify';

/** The page behind `actionUrl`, where a buyer with `tok_action_required` approves the payment. */
export function challengeRoutes(server: FastifyInstance): void {
  server.get('/challenges/:id', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<title>Approve the payment</title>
<h1>Approve the payment</h1>
<form method="post" id="approval"><button>Approve</button></form>
<script>
  // The id stays in the address: nothing a visitor sends is written into the page.
  document.getElementById('approval').action = '/admin/approve/' + encodeURIComponent(location.pathname.split('/').pop());
</script>
`),
  );
}
