/* <b2b-legal-entity>: whom a signed-in buyer buys for, and his order on account, on any storefront.
   Visitors and retail customers see nothing. See docs/storefront.md */

const WORDS = {
  language: ["ru", "en"],
  label: ["Покупаю от", "Buying for"],
  nobody: ["Частное лицо", "Private person"],
  on_account: ["Заказать с отсрочкой", "Order on account"],
  prepaid: ["Заказать по счёту", "Order by invoice"],
  until: ["Оплатить до", "To be paid by"],
  done: ["Заказ принят, номер", "Order placed, number"],
  moved: ["Юрлицо сменилось. Проверьте цены.", "The legal entity has changed. Check the prices."],
  expired: ["Вход истёк. Войдите снова.", "Sign-in expired. Sign in again."],
  silent: ["Магазин не ответил. Повторите позже.", "The shop didn't answer. Try again later."],
};

const READ = `query($channel: String, $checkout: ID!, $named: Boolean!) {
  b2bMe(channel: $channel) { chosen { id } legalEntities { id name inn } }
  b2bCheckout(id: $checkout) @include(if: $named) {
    legalEntity { id } contract { payment } dueDate problems { message } } }`;
const CHOOSE = `mutation($channel: String, $checkout: ID!, $named: Boolean!, $entity: ID) {
  b2bCheckoutLegalEntityUpdate(checkoutId: $checkout, legalEntityId: $entity)
    @include(if: $named) { errors { message } }
  b2bLegalEntityChoose(channel: $channel, legalEntityId: $entity) { errors { message } } }`;
const COMPLETE = `mutation($checkout: ID!) { checkoutComplete(id: $checkout) {
  order { id number } errors { message } } }`;

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
:host { display: none }
:host([shown]) { display: block }
fieldset { display: grid; gap: var(--b2b-gap, .5em); min-width: 0; margin: 0; padding: 0; border: 0 }
fieldset > :empty, label:has(+ :empty) { display: none }
select, button { min-width: 0; min-height: 2.75em; padding: .5em .75em; color: inherit; font: inherit;
  border: 1px solid var(--b2b-border, #8a8f98); border-radius: var(--b2b-radius, .375em);
  background: none }
button { background: var(--b2b-accent, #1d4ed8); color: var(--b2b-accent-text, #fff) }
ul { margin: 0; padding-left: 1.25em; color: var(--b2b-danger, #b42318) }`);

/** The sign-in is no longer good. */
class Expired extends Error {}

class LegalEntity extends HTMLElement {
  static observedAttributes = ["api", "token", "channel", "checkout", "lang"];
  #turn = 0;
  #done = {};

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    root.innerHTML = `<fieldset><label for="pick" part="label"></label><select id="pick"
      part="select"></select><ul part="problems"></ul><div part="due"></div><button
      part="order"></button><div role="status" part="message"></div></fieldset>`;
    this._all = root.firstChild;
    [this._label, this._pick, this._problems, this._due, this._order, this._said] =
      this._all.children;
    this._pick.onchange = () => this.#work(() => this.#choose());
    this._order.onclick = () => this.#work(() => this.#place());
  }

  connectedCallback() {
    this.refresh();
  }

  attributeChangedCallback() {
    this.refresh();
  }

  /** Ask anew: for a page that has changed the cart, or who is signed in. */
  async refresh() {
    const turn = ++this.#turn;
    await null; // attributes set together ask once
    if (turn !== this.#turn || !this.isConnected) return;
    const found = await this.#ask(READ).catch((error) => error);
    if (turn === this.#turn) this.#show(found);
  }

  #word(name) {
    return WORDS[name][/^ru/i.test(this.closest("[lang]")?.lang || "ru") ? 0 : 1];
  }

  get #checkout() {
    return this.getAttribute("checkout") ?? "";
  }

  /** What the shop answers; null to a visitor, whose token is empty. What is refused is thrown. */
  async #ask(query, more) {
    const checkout = this.#checkout;
    const channel = this.getAttribute("channel");
    const named = !!checkout && checkout !== this.#done.checkout;
    const variables = { channel, checkout, named, ...more };
    const api = this.getAttribute("api") || new URL("/graphql/", import.meta.url);
    const language = this.#word("language");
    const headers = { "Content-Type": "application/json", "Accept-Language": language };
    let response, answer;
    try {
      const token = await (this.getToken ? this.getToken() : this.getAttribute("token"));
      if (!token && (this.getToken || token === "")) return null;
      if (token) headers.Authorization = `Bearer ${token}`;
      const body = JSON.stringify({ query, variables });
      response = await fetch(api, { method: "POST", headers, body });
      answer = await response.json();
    } catch {
      throw new Error(this.#word("silent"));
    }
    const code = answer.errors?.[0].extensions?.exception?.code;
    const expired = response.status === 401 || /Token|Signature/.test(code);
    if (expired) throw new Expired(this.#word("expired"));
    if (!answer.data || answer.errors) throw new Error(this.#word("silent"));
    const refused = Object.values(answer.data).flatMap((each) => each?.errors ?? []);
    if (refused.length) throw new Error([...new Set(refused.map((e) => e.message))].join(" "));
    return answer.data;
  }

  /** One thing at a time: pressed twice is done once. */
  async #work(what) {
    if (this._all.disabled) return;
    const focused = this.shadowRoot.activeElement;
    this._all.disabled = true;
    await what().catch((error) => this.#show(error));
    this._all.disabled = false;
    focused?.focus();
  }

  async #choose() {
    const entity = this._pick.value || null;
    const answer = await this.#ask(CHOOSE, { entity }).catch((error) => error);
    await this.refresh();
    if (answer instanceof Error) throw answer;
    this.#changed();
  }

  async #place() {
    const checkout = this.#checkout;
    const found = await this.#ask(READ);
    const cart = found?.b2bCheckout;
    if (cart && cart.legalEntity?.id !== this._pick.value) {
      this.#show(found);
      this.#changed();
      throw new Error(this.#word("moved"));
    }
    const order = (await this.#ask(COMPLETE))?.checkoutComplete.order;
    if (!order) throw new Error(this.#word("silent"));
    this.#done = { checkout, number: order.number };
    this.#show({ b2bMe: found.b2bMe });
    this.#fire("b2b-order", { order, checkout });
  }

  /** What the shop answered, or what went wrong. */
  #show(found) {
    const [wrong, expired] = [found instanceof Error, found instanceof Expired];
    if (!wrong || expired) this.#fill(found);
    if (wrong) this._said.textContent = found.message;
    this.toggleAttribute("shown", expired || !!this._pick.length);
  }

  #fill(found) {
    const { chosen, legalEntities = [] } = found?.b2bMe ?? {};
    const done = this.#done.checkout === this.#checkout;
    const cart = found?.b2bCheckout;
    const options = legalEntities.map((each) => new Option(`${each.name}, ${each.inn}`, each.id));
    const nobody = options.length ? [new Option(this.#word("nobody"), "")] : [];
    this._label.textContent = this.#word("label");
    this._pick.replaceChildren(...nobody, ...options);
    this._pick.value = (cart ? cart.legalEntity : chosen)?.id ?? "";
    this._problems.replaceChildren();
    for (const { message } of cart?.problems ?? []) {
      this._problems.appendChild(document.createElement("li")).append(message);
    }
    const day = cart?.dueDate?.split("-").reverse().join(".");
    this._due.textContent = day ? `${this.#word("until")} ${day}` : "";
    const how = cart?.legalEntity && (cart.contract?.payment ?? "on_account");
    this._order.textContent = how ? this.#word(how) : "";
    this._said.textContent = done ? `${this.#word("done")} ${this.#done.number}` : "";
  }

  #changed() {
    this.#fire("b2b-change", { legalEntity: this._pick.value || null });
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

const TAG = "b2b-legal-entity";
customElements.get(TAG) || customElements.define(TAG, LegalEntity);
