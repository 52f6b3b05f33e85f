/** In the address of the page: what comes after the `?`. */
import { EVIL, SCRIPT } from "./attack";

const TRACE = "trace=var/traces/attack.json";

/** Addresses that name a trace that may not be opened. */
export const elsewhere: string[] = [
  `trace=//evil.example/x.json`,
  `trace=\\\\evil.example\\x.json`,
  `trace=/\\evil.example/x.json`,
  `trace=%2F%2Fevil.example%2Fx.json`,
  `trace=%5C%5Cevil.example%5Cx.json`,
  `trace=${EVIL}/x.json`,
  `trace=https:%2F%2Fevil.example%2Fx.json`,
  `trace=HTTPS:evil.example/x.json`,
  `trace=%09https://evil.example/x.json`,
  `trace=ht%0Atps://evil.example/x.json`,
  `trace=%20//evil.example/x.json`,
  `trace=javascript:${SCRIPT}`,
  `trace=java%0Ascript:${SCRIPT}`,
  `trace=data:application/json,{"files":[],"steps":[]}`,
  `trace=blob:https://evil.example/1234`,
  `trace=file:///etc/passwd`,
  `trace=filesystem:https://evil.example/x`,
  `trace=ws://evil.example/x`,
  `trace=ftp://evil.example/x.json`,
  `trace=about:blank`,
  `trace=https://127.0.0.1.evil.example/x.json`,
  `trace=//user:secret@evil.example/x.json`,
  `trace=../../../../etc/passwd`,
  `trace=..%2f..%2f..%2fetc%2fpasswd`,
  `trace=var/traces/%2e%2e/%2e%2e/pyproject.toml`,
  `trace=var/traces/..%5c..%5cpyproject.toml`,
  `trace=var/traces/x.json%00.html`,
  `trace=${"a/".repeat(3000)}x.json`,
  `trace=<img src=x onerror=${SCRIPT}>`,
  `trace=__proto__&__proto__=x&constructor=y`,
];

/** Addresses of a place that is not there, in a trace that is. */
export const nowhere: string[] = [
  `${TRACE}&step=<script>${SCRIPT}</script>`,
  `${TRACE}&step=1e309`,
  `${TRACE}&step=-0`,
  `${TRACE}&step=0x10&phase=__proto__`,
  `${TRACE}&step=9007199254740993`,
  `${TRACE}&step[]=1&step=2&step=3`,
  `${TRACE}&file=../../../etc/passwd&line=1`,
  `${TRACE}&file=javascript:${SCRIPT}&line=javascript:${SCRIPT}`,
  `${TRACE}&file=__proto__&line=constructor`,
  `${TRACE}&file=golden/lecture.py&line=-5`,
  `${TRACE}&file=golden/lecture.py&line=1e308`,
  `${TRACE}&file=golden/lecture.py&line=NaN`,
  `${TRACE}&line=%00&file=%00`,
  `${TRACE}&at=${"x".repeat(5000)}`,
  `${TRACE}&v=99&x=<img src=x onerror=${SCRIPT}>#<img src=x onerror=${SCRIPT}>`,
  `trace=http://user:secret@localhost/var/traces/attack.json`,
];
