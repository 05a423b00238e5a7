using System.Text;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Protocol.Tests;

public sealed class NameCacheTests
{
    [Property]
    public void Every_name_comes_back_as_it_is(string[] names)
    {
        var cache = new NameCache(slots: 4);
        foreach (string name in names.Where(name => name is not null).Concat(names.Where(name => name is not null)))
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            Assert.Equal(Encoding.UTF8.GetString(utf8), cache.Get(utf8));
        }
    }

    [Fact]
    public void A_name_that_was_seen_is_the_same_object()
    {
        var cache = new NameCache();
        Assert.Same(cache.Get("orders"u8), cache.Get("orders"u8));
    }
}
