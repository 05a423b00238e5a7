namespace Broker.Server.Network;

/// <summary>A client connection that is of no more use: reset, aborted, or not speaking the protocol.</summary>
public sealed class ClientLostException : Exception
{
    public ClientLostException(string message)
        : base(message)
    {
    }

    public ClientLostException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
