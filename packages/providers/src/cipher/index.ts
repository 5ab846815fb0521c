export { type Cipher, createCipher } from './cipher.ts';
