// A worker: it is asked over HTTP, with the address of the simulator as query.
import { replicate } from "./replicate.js";

export default {
  async fetch(request) {
    return Response.json(await replicate(decodeURIComponent(new URL(request.url).search.slice(1))));
  },
};
