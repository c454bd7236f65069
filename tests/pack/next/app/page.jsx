"use client";
import { useEffect } from "react";
import { replicate } from "../replicate.js";

export default function Page() {
  useEffect(() => {
    globalThis.outcome = replicate(decodeURIComponent(location.hash.slice(1)));
  }, []);
  return <p>imgferry in a client component</p>;
}
