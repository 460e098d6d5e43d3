<?php
/*
 * Runs CommerceMLParser of noldor (PHP, XMLReader), the fastest streaming reader of another
 * project that was found, over files: php _noldor.php CHECKOUT FILE…
 *
 * Its two dependencies are stood in for by the little of them that it uses.
 */

namespace Symfony\Component\EventDispatcher {
    class Event
    {
    }

    class EventDispatcher
    {
        public int $dispatched = 0;

        public function dispatch($name, $event)
        {
            $this->dispatched++;
        }
    }
}

namespace Noldors\Collections {
    class Collection
    {
        private array $items = [];

        public function __construct(array $items = [])
        {
            $this->items = $items;
        }

        public function push($item)
        {
            $this->items[] = $item;
            return $this;
        }

        public function put($key, $item)
        {
            $this->items[$key] = $item;
            return $this;
        }
    }
}

namespace {
    error_reporting(0);
    $checkout = $argv[1];
    spl_autoload_register(function ($class) use ($checkout) {
        $prefix = 'Noldors\\CommerceMLParser\\';
        if (str_starts_with($class, $prefix)) {
            $path = str_replace('\\', '/', substr($class, strlen($prefix)));
            $path = $path === 'Helpers/Str' ? 'Helpers/String' : $path;
            require "$checkout/src/$path.php";
        }
    });
    $found = 0;
    foreach (array_slice($argv, 2) as $file) {
        $parser = new Noldors\CommerceMLParser\Parser();
        $parser->parse($file);
        $found += $parser->dispatched;
    }
    $used = getrusage();
    $seconds = $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']
        + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
    echo json_encode(
        ['seconds' => $seconds, 'found' => $found, 'peak' => $used['ru_maxrss'] / 1024]
    ), "\n";
}
