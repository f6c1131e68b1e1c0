/** What the README leaves to the reader: something that wakes a person. */
export const pager = {
  alerts: [] as string[],
  alert(message: string): void {
    this.alerts.push(message);
  },
};
