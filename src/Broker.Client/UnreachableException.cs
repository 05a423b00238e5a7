namespace Broker.Client;

/// <summary>A broker can't be reached, or its connection broke before the answer came.</summary>
public sealed class UnreachableException : IOException
{
    internal UnreachableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
