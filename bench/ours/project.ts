export const project = 'bench';
export const adminKey = 'only-for-the-benchmark-0123456789';
