const bases = [
  'password', 'passw0rd', 'qwertyuiop', 'qwerty', 'asdfghjkl', 'zxcvbnm', 'letmein', 'welcome', 'iloveyou', 'admin', 'administrator', 'monkey', 'dragon',
  'football', 'baseball', 'sunshine', 'princess', 'superman', 'batman', 'trustno1', 'starwars', 'whatever', 'michael', 'jennifer', 'jordan', 'hunter',
  'shadow', 'master', 'freedom', 'computer', 'internet', 'changeme', 'default', 'secret', 'login', 'abc', 'q1w2e3r4', '1q2w3e4r', '1qaz2wsx', 'qazwsxedc',
];
const endings = ['', '1', '12', '123', '1234', '12345', '123456', '1234567', '12345678', '123456789', '1234567890', '2023', '2024', '2025', '2026'];
const sequences = [
  '0123456789', '1234567890', '12345678910', '123456789012', '0987654321', '9876543210', 'abcdefghij', 'abcdefghijkl', '1234567891', '1122334455',
  'qwertyuiop1', 'qwertyuiop123', '1q2w3e4r5t', '1q2w3e4r5t6y', 'zaq12wsxcde3', '1qaz2wsx3edc', 'qwerty12345', 'passwordpassword', 'iloveyouforever',
  'qwertyqwerty', 'adminadmin', 'changemechangeme', 'letmeinletmein', 'welcomewelcome', '147258369', '1472583690', 'asdfghjkl123',
];

/** Passwords that attackers try first: the usual bases with the usual endings, and keyboard runs. Compared in lower case. */
export const wellKnownPasswords: ReadonlySet<string> = new Set([...sequences, ...bases.flatMap((base) => endings.flatMap((ending) => [base + ending, base + base + ending]))]);
