// Which texts fit what is typed, forgiving a slip: for the palette.

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
export const wordsOf = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

// How many letters one must change, add, leave out or swap to make one word of another.
function slips(one, other) {
  const rows = [[...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + !isSame);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[one.length][other.length];
}

// 0 when a word does not fit; a beginning fits best, then a middle, then a beginning with a slip.
function fits(typed, word) {
  if (word.startsWith(typed)) return word === typed ? 5 : 4;
  if (typed.length > 1 && word.includes(typed)) return 2;
  const allowed = typed.length > 7 ? 2 : typed.length > 3 ? 1 : 0;
  const nearest = [-1, 0, 1].map((more) => slips(typed, word.slice(0, typed.length + more)));
  return allowed && Math.min(...nearest) <= allowed ? 1 : 0;
}

// How well all typed words fit a text, or the words under which it is found as well; 0: not at all.
export function score(typed, text, others = "") {
  const own = wordsOf(text);
  const also = wordsOf(others);
  const best = typed.map((one) => Math.max(0, ...own.map((word) => 2 * fits(one, word)), ...also.map((word) => fits(one, word))));
  return best.includes(0) ? 0 : best.reduce((sum, one) => sum + one, 1) - own.length / 100;
}
