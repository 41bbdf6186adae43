/** What the subscriptions of operations/ tell, as far as anybody looks at it. */
export interface StreamAnswers {
  readonly TrackOrder: { readonly orderStatusChanged: OrderStep };
  readonly MyOrders: { readonly myOrdersChanged: MyOrderStep };
  readonly WatchStock: { readonly inventoryChanged: StockLevel };
  readonly NotificationFeed: { readonly notificationReceived: NotificationTold };
}

/** Name of a subscription in operations/. */
export type StreamName = keyof StreamAnswers;

/** An event of any stream. */
export interface Told {
  readonly sequence: number;
  readonly occurredAt: string;
}

export interface OrderStep extends Told {
  readonly previous: string | null;
  readonly status: string;
  readonly note: string | null;
  readonly order: {
    readonly id: string;
    readonly allowedActions: readonly string[];
    readonly paymentStatus: string | null;
    readonly problems: readonly { readonly code: string; readonly message: string }[];
    readonly shipments: readonly { readonly id: string; readonly status: string; readonly trackingNumber: string | null }[];
  } | null;
}

export interface MyOrderStep extends Told {
  readonly status: string;
  readonly order: { readonly id: string; readonly number: string; readonly total: { readonly amount: number } } | null;
}

export interface StockLevel extends Told {
  readonly available: number;
  readonly status: string;
  readonly variant: { readonly id: string } | null;
}

export interface NotificationTold extends Told {
  readonly notification: {
    readonly id: string;
    readonly channel: string;
    readonly template: string;
    readonly status: string;
    readonly subject: string;
    readonly body: string;
    readonly order: { readonly id: string; readonly number: string } | null;
  } | null;
}
