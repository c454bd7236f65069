import { json } from "@sveltejs/kit";
import { replicate } from "../../../replicate.js";

export const GET = async ({ url }) => json(await replicate(url.searchParams.get("sim")));
