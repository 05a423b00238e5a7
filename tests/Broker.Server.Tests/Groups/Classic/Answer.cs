using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

/// <summary>An answer that may have to wait, and must not come twice.</summary>
internal sealed class Answer<T>
    where T : class
{
    private T? _value;

    public bool IsThere => _value is not null;

    public T Value
    {
        get
        {
            Assert.True(_value is not null, "There is no answer yet.");
            return _value;
        }
    }

    public void Take(T value)
    {
        Assert.True(_value is null, "It was answered twice.");
        _value = value;
    }
}
