import { replicate } from "../../replicate.js";

export const GET = async (request) => Response.json(await replicate(new URL(request.url).searchParams.get("sim")));
