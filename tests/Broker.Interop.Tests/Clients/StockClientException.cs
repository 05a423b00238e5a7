namespace Broker.Interop.Tests.Clients;

/// <summary>What a stock client reported, with all that its process printed.</summary>
public sealed class StockClientException(string message) : Exception(message);
