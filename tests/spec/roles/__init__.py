"""What actors do that no single call can say: functions that run in the judged processes, standard library only."""
