/* All links that lead into the account. */

import { ListPage } from "./listing.js";
import { allShares } from "./links.js";
import { shareItem } from "./sharing.js";

export class Shares extends ListPage {
  constructor(app) {
    super(app, {
      title: "Shared", glyph: "share", hint: "Whoever has one of these links can download what it leads to, or add to it if you said so.",
      empty: "Nothing is shared. Choose a file or a folder and “Share” to make a link to it.",
    });
  }

  async read() {
    return { items: await allShares(), before: null, complete: true };
  }

  draw(share) {
    return shareItem(share, () => this.open(), { withPath: true });
  }
}
